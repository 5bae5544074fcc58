/**
 * The first number of a JSON text that only Python takes for one; undefined for a text that would not be JSON without
 * it either.
 */
export function findPythonNumber(text: string): 'NaN' | 'infinity' | undefined {
  let found: 'NaN' | 'infinity' | undefined;
  let standard = '';
  let copied = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString && character === '\\') index++;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === 'N' || character === 'I')) {
      const word = ['NaN', 'Infinity'].find((name) => text.startsWith(name, index));
      if (word === undefined) return undefined;
      found ??= word === 'NaN' ? 'NaN' : 'infinity';
      // A digit, so that a minus sign before it stays right.
      standard += `${text.slice(copied, index)}0`;
      copied = index + word.length;
      index = copied - 1;
    }
  }
  return found !== undefined && isJson(standard + text.slice(copied)) ? found : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
