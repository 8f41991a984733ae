// Writes target/generated/schema.d.ts from the server's API document, which lies in one file for each part of the API.
import { load } from 'js-yaml';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const parts = fileURLToPath(new URL('../../server/src/main/resources/openapi/', import.meta.url));
const target = fileURLToPath(new URL('../target/generated/', import.meta.url));

function merge(into, from) {
    for (const [key, value] of Object.entries(from)) {
        if (into[key] !== null && typeof into[key] === 'object' && typeof value === 'object' && !Array.isArray(value)) {
            merge(into[key], value);
        } else {
            into[key] = value;
        }
    }
    return into;
}

const document = readdirSync(parts)
    .filter((name) => name.endsWith('.yaml'))
    // The part that holds the head of the document comes first.
    .sort((a, b) => Number(b === 'gantry.yaml') - Number(a === 'gantry.yaml') || a.localeCompare(b))
    .map((name) => load(readFileSync(parts + name, 'utf8')))
    .reduce(merge, {});
mkdirSync(target, { recursive: true });
writeFileSync(target + 'schema.d.ts', astToString(await openapiTS(document)));
