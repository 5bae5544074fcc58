/** What a number literal is: its Python 2 text, or why it has none that counts. */
export type NumberReading = { readonly text: string } | { readonly passedOver: 'long-integer' | 'imaginary-number' };

/**
 * The text that `str()` of Python 2 gives for a number literal: `0x10` is `16`, `010` is `8`, `1e3` is `1000.0`.
 * Long integers (`1L`, or 2^63 and up) and imaginary numbers do not count.
 *
 * @param literal - a well-formed number token
 */
export function readNumber(literal: string): NumberReading {
  if (/^[0-9]+$/.test(literal)) {
    return literal.startsWith('0') ? integerText('0o', literal) : integerText('', literal);
  }
  const lower = literal.toLowerCase();
  if (lower.endsWith('l')) return { passedOver: 'long-integer' };
  if (/^0[xob]/.test(lower)) return integerText(lower.slice(0, 2), lower.slice(2));
  if (lower.endsWith('j')) return { passedOver: 'imaginary-number' };
  return { text: floatText(Number(lower)) };
}

function integerText(prefix: string, digits: string): NumberReading {
  const significant = digits.replace(/^0+(?=.)/, '');
  // 2^63 has 64 digits in base 2; a longer number need not be converted to know what it is.
  if (significant.length > 64) return { passedOver: 'long-integer' };
  const value = BigInt(prefix + significant);
  return value < 2n ** 63n ? { text: value.toString() } : { passedOver: 'long-integer' };
}

/** `str()` of a Python 2 float: 12 significant digits, always recognisable as a float. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'inf';
  const [mantissa = '', exponentText = ''] = roundHalfEven(value).split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '').replace(/0+$/, '') || '0';
  if (exponent < -4 || exponent >= precision - 1) {
    const sign = exponent < 0 ? '-' : '+';
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${digits.slice(0, 1)}${fraction}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const precision = 12;

/** Like `toExponential`, except that a tie goes to the even digit, as in Python. */
function roundHalfEven(value: number): string {
  const exact = value.toExponential(100);
  const digits = exact.replace('.', '');
  const isTie = /^50*e/.test(digits.slice(precision));
  const isEven = '02468'.includes(digits.charAt(precision - 1));
  if (!isTie || !isEven) return value.toExponential(precision - 1);
  return `${exact.slice(0, precision + 1)}${exact.slice(exact.indexOf('e'))}`;
}
