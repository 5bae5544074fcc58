/** A control file with the required variables, and whatever else is given. */
export function controlFileText(more = '', required: Readonly<Record<string, string>> = {}): string {
  const variables = {
    AUTHOR: '"Chrome OS Team"',
    DOC: '"It idles."',
    NAME: '"power_Idle"',
    TIME: '"SHORT"',
    TEST_TYPE: '"client"',
    ...required,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name} = ${value}\n`)
    .concat(more)
    .join('');
}

/** A test of a suite. */
export function suiteTest(name: string, suite: string, time = 'SHORT'): string {
  return controlFileText(`SUITE = '${suite}'\n`, { NAME: `'${name}'`, TIME: `'${time}'` });
}
