/**
 * A constant of a control file as plain data: text (stripped; numbers and `True`, `False`, `None` as Python 2 prints
 * them), a list, or a dict.
 */
export type ControlValue = string | readonly ControlValue[] | { readonly [key: string]: ControlValue };

/** Why an assignment, or an element of a list or dict, was passed over (D4). */
export type PassedOverReason =
  | 'name'
  | 'operator'
  | 'attribute'
  | 'call'
  | 'subscript'
  | 'tuple'
  | 'set'
  | 'comprehension'
  | 'lambda'
  | 'backquotes'
  | 'yield'
  | 'long-integer'
  | 'imaginary-number'
  | 'non-ascii-unicode'
  | 'empty-dict'
  | 'key'
  | 'augmented-assignment'
  | 'chained-assignment'
  | 'unpacking';

/** An element of a list or dict that could not be read. */
export interface DroppedElement {
  readonly offset: number;
  readonly reason: PassedOverReason;
}

/** A reason in words, to stand behind "was passed over: ". */
export function describeReason(reason: PassedOverReason): string {
  return descriptions[reason];
}

const descriptions: Readonly<Record<PassedOverReason, string>> = {
  name: 'it is a variable, and only constants are read',
  operator: 'it is computed by an operator, and only constants are read',
  attribute: 'it is an attribute, and only constants are read',
  call: 'it is a call, and only constants are read',
  subscript: 'it is an element or a slice, and only constants are read',
  tuple: 'it is a tuple; write a list or one string',
  set: 'it is a set; write a list or one string',
  comprehension: 'it is a comprehension, and only constants are read',
  lambda: 'it is a lambda, and only constants are read',
  backquotes: 'it is an expression in back-quotes, and only constants are read',
  yield: 'it is a yield, and only constants are read',
  'long-integer': 'it is a long integer',
  'imaginary-number': 'it is an imaginary number',
  'non-ascii-unicode': 'it is a unicode string with a character outside ASCII',
  'empty-dict': 'it is an empty dict',
  key: 'its key is not a string or a number',
  'augmented-assignment': 'it is changed in place, and only NAME = value is read',
  'chained-assignment': 'several names are assigned at once, and only NAME = value is read',
  unpacking: 'several names are assigned at once, and only NAME = value is read',
};
