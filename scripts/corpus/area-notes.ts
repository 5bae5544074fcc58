/** What holds for all tests of an area; it stands at the end of their DOC, as people copy it from one to the next. */
export const areaNotes: Readonly<Record<string, readonly string[]>> = {
  audio: [
    'Tests of sound run with the screen on and the volume at 70 unless they say otherwise. They leave the recordings',
    'in the folder of the results, at most a megabyte each, named after the step that made them. A host whose dongle',
    'is broken fails all of them in the same way: swap the dongle before you look for a change in the build.',
  ],
  bluetooth: [
    'The hosts must stand within three metres of each other, which those of one rack do. Interference is measured',
    'for ten seconds before the test begins and written to the results; above -60 dBm a failure says little.',
  ],
  camera: [
    'The racks are lit day and night. Where a host stands in a dark box, give it the label no_camera, so that the',
    'tests of the camera do not land on it. Pictures are kept for a week, and for failed tests only.',
  ],
  cellular: [
    'The boxes with the base stations are few, and a test holds one for as long as it runs. Do not raise the time',
    'that a test may take without asking: others wait in line. The SIM cards are test cards, and have no number.',
  ],
  desktopui: [
    'The desktop is driven by events of the input layer, as if somebody sat there, never by calls into the desktop',
    'itself. Pictures of the screen are taken at each step and kept with the results when the test fails.',
  ],
  firmware: [
    'A host that does not come back is given three tries by the servo, and is then locked with the name of the test',
    'as the reason. Somebody has to walk there. Run these tests on hosts of the firmware pool only, and tell the',
    'people of the lab before you run them on a board that is new.',
  ],
  graphics: [
    'Pixels are compared with a tolerance of two steps in each channel, since drivers round as they like. A picture',
    'that differs is kept beside the one that was expected, with a third that shows where. Look at them before you',
    'file a bug: a compositor that is one frame late looks like a driver that is wrong.',
  ],
  hardware: [
    'These tests say something of the device more than of the build. When one fails on a single host and passes on',
    'its neighbours, lock the host and file a ticket for the lab. When it fails everywhere, it was the build.',
  ],
  kernel: [
    'The log of the kernel is cleared before the test and searched after it. A line that begins with BUG, Oops or',
    'WARNING fails the test whatever else it found, unless the line is listed in the file known_warnings beside the',
    'test. Entries of that list carry a date, and are thrown out after three months.',
  ],
  logging: [
    'What users type must never reach a log. Each of these tests therefore searches all that was written during its',
    'run for a word that it typed into the desktop, and fails when it finds it anywhere.',
  ],
  login: [
    'The accounts are made up for the run and live on a server of the lab; none of them exists outside. A test that',
    'is cut short leaves its account behind, and a job of the night removes what is older than a day.',
  ],
  network: [
    'The routers of the lab are shared. A test may change what belongs to its own access point, and has to put it',
    'back at the end, also when it fails: use the context manager of the helper library, which does. The packets of',
    'the last minute are kept with the results of a failed test.',
  ],
  platform: [
    'When the device does not answer for five minutes the test counts as failed and the host goes to repair. The',
    'console of the servo, where there is one, is kept with the results.',
  ],
  power: [
    'Draw is measured at the battery, ten times a second, with the screen at the brightness that the test sets. The',
    'first thirty seconds are thrown away. Compare numbers of the same board and the same pool only: batteries age,',
    'and racks are not equally warm.',
  ],
  security: [
    'The lists of what is allowed are files beside the test. Whoever adds a line to one of them needs the consent of',
    'the security team, whose names are at the top of the file.',
  ],
  storage: [
    'These tests write much and wear out the disks. They keep count in an attribute of the host, and refuse to run',
    'where the count has passed what the maker of the disk promises. Have the disk replaced, and reset the count.',
  ],
  touch: [
    'Recordings are played back at the speed at which they were made. A host under load plays them late, which looks',
    'like a bug in the driver: the test says in its log how late it was.',
  ],
  video: [
    'The films are fetched from the cache of the lab on first use and checked by their digest. They were made for',
    'these tests: each frame carries its number as a pattern of black and white squares in a corner.',
  ],
};
