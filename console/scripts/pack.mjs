// Copies what Vite built into the folder that becomes the jar, with Brotli and gzip beside each file that gains by it, and
// with `files.json`, from which the server knows what there is.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const from = here('../target/web/');
const to = here('../target/classes/dev/gantry/console/');
const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.woff2': 'font/woff2',
    '.png': 'image/png',
};
/** Below this a compressed copy saves less than its headers cost. */
const WORTH_BYTES = 512;

function list(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? list(join(folder, entry.name)) : [join(folder, entry.name)],
    );
}

rmSync(to, { recursive: true, force: true });
const files = [];
for (const source of list(from).sort()) {
    const path = relative(from, source).replaceAll('\\', '/');
    const type = TYPES[extname(path)];
    if (path === 'build-manifest.json') {
        continue;
    }
    if (type === undefined) {
        throw new Error(`No media type is known for ${path}; add it to ${here('./pack.mjs')}`);
    }
    const target = join(to, 'files', path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
    const bytes = readFileSync(source);
    const encodings = [];
    if (statSync(source).size >= WORTH_BYTES && !type.startsWith('font/') && !type.startsWith('image/png')) {
        const brotli = brotliCompressSync(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
        });
        writeFileSync(target + '.br', brotli);
        writeFileSync(target + '.gz', gzipSync(bytes, { level: 9 }));
        encodings.push('br', 'gzip');
    }
    files.push({
        path,
        type,
        encodings,
        // Vite puts a hash of the content into the names of all but the page itself.
        immutable: path.startsWith('assets/'),
        hash: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    });
}
writeFileSync(join(to, 'files.json'), JSON.stringify({ files }, null, 1));
writeFileSync(join(to, 'build-manifest.json'), readFileSync(join(from, 'build-manifest.json')));
