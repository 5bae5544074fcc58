/** The path of a build's manifest: `build-name/link-release/pass/20/2057.0.9.xml` for `link-release/R20-2057.0.9`. */
export function manifestOf(build: string): string {
  const [, target = '', milestone = '', version = ''] = /^(.+)\/R(\d+)-(.+)$/.exec(build) ?? [];
  return `build-name/${target}/pass/${milestone}/${version}.xml`;
}
