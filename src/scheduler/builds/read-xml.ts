/**
 * Reads XML of bounded depth into plain objects: attributes by their names behind an `@`, texts as they stand. Rejects
 * with an Error for what is no well-formed XML, and for a document type, whose entities could make a small text endless.
 *
 * @param lists - the names of elements that are lists, however many there are
 */
export async function readXml(text: string, lists: readonly string[]): Promise<unknown> {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Error('it has a document type, which is not read');
  // Loaded when it is needed: whoever only imports the package does not pay for it.
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    maxNestedTags: maxDepth,
    isArray: (name) => lists.includes(name),
  });
  return parser.parse(text, true);
}

const maxDepth = 20;
