/** A form with one file in it, as bytes: its size is known before it is sent. */
export interface MultipartForm {
  /** With the boundary between the form's parts. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Packs a file into a `multipart/form-data` form.
 *
 * @param file - `field`: the form's field; `filename`: made safe, see {@link safeFilename}; `content`: any bytes
 * @param random - a source of numbers from 0 up to 1, for the boundary; whatever it gives, the boundary is one that the
 * content does not hold
 */
export function multipartForm(
  file: { readonly field: string; readonly filename: string; readonly content: Uint8Array },
  random: () => number,
): MultipartForm {
  const content = Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength);
  const boundary = boundaryFor(content, random);
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${file.field}"; filename="${safeFilename(file.filename)}"`,
    'Content-Type: application/octet-stream',
    '',
    '',
  ].join('\r\n');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(head, 'latin1'), content, Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')]),
  };
}

/**
 * A file's name as it may stand in a header: the last part of a path, letters, digits, `.`, `-` and `_`; everything else
 * becomes `_`. Of a long name the end is kept, with its suffix.
 */
export function safeFilename(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name.slice(-maxNameLength).replace(/[^-.\w]/g, '_') || 'minidump.dmp';
}

const maxNameLength = 100;

function boundaryFor(content: Buffer, random: () => number): string {
  for (let attempt = 0; ; attempt += 1) {
    const digits = Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('');
    const boundary = `dynamic-suite-${digits}-${attempt}`;
    if (!content.includes(boundary, 0, 'latin1')) return boundary;
  }
}
