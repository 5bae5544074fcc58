import { defineConfig } from 'tsup';

/**
 * JavaScript only; the declarations come from `tsc -p tsconfig.build.json`. The entry points share chunks, so that
 * an error class exists once however it was imported. Nothing of node_modules is taken in: what the package needs, it
 * names in `dependencies`.
 */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'testing/index': 'src/testing/index.ts',
    'testing-msw/index': 'src/testing-msw/index.ts',
  },
  format: ['esm'],
  platform: 'node',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  dts: false,
  clean: true,
  skipNodeModulesBundle: true,
  removeNodeProtocol: false,
  esbuildOptions(options) {
    // The maps lead to src, which is in the package; a second copy inside the maps would double its size.
    options.sourcesContent = false;
  },
});
