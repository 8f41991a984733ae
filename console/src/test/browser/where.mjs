// Unpacks the Chromium of the package, with the libraries that a small machine may lack, and prints where both lie.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const unpacked = fileURLToPath(new URL('./unpacked', import.meta.url));
mkdirSync(unpacked, { recursive: true });
process.env.TMPDIR = unpacked;
// The package unpacks its libraries only where it believes to be in a cloud function.
process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x';
const { default: chromium } = await import('@sparticuz/chromium');
const program = await chromium.executablePath();
process.stdout.write(JSON.stringify({ program, libraries: join(unpacked, 'al2023', 'lib') }));
