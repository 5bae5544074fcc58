/** The AFE's job priorities by name; higher runs first. */
export const priorities = {
  Weekly: 10,
  Daily: 20,
  PostBuild: 30,
  Default: 40,
  Build: 50,
  PFQ: 60,
  CQ: 70,
} as const;

/** A priority by its name, or any whole number. */
export type Priority = keyof typeof priorities | number;
