import * as main from 'dynamic-suite';
import * as testing from 'dynamic-suite/testing';

// Compiled, never run, against the packed package with the compiler options of a careful user.
export const entryPoints: readonly object[] = [main, testing];
