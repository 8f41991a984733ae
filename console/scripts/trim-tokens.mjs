import postcss from 'postcss';

const NAME = /--[\w-]+/g;
/** The looks that PatternFly has beside the light and the dark one, which the console does not offer. */
const OTHER_LOOKS = /\.pf-v6-theme-(felt|glass|high-contrast|redhat)\b/;

/** Whether a selector can match in another look only; one of alternatives need not. */
function isOfOtherLook(selector) {
    return OTHER_LOOKS.test(selector.replace(/:not\([^()]*\)/g, '')) && !/:(is|where)\([^()]*,/.test(selector);
}

/**
 * Leaves out what PatternFly brings and nothing uses: its fonts, since the console takes those of the system, the looks that it
 * does not offer, and most of its some thousands of design tokens. A token is used when a rule, a token that is used, or a
 * script names it.
 *
 * @returns {import('vite').Plugin}
 */
export function trimTokens() {
    return {
        name: 'gantry-trim-tokens',
        apply: 'build',
        enforce: 'post',
        generateBundle(_options, bundle) {
            const sheets = Object.values(bundle)
                .filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'))
                .map((file) => ({ file, tree: postcss.parse(String(file.source)) }));
            for (const { tree } of sheets) {
                tree.walkRules((rule) => {
                    const left = rule.selectors.filter((selector) => !isOfOtherLook(selector));
                    if (left.length === 0) {
                        rule.remove();
                    } else if (left.length < rule.selectors.length) {
                        rule.selectors = left;
                    }
                });
            }
            const used = new Set();
            const tokens = new Map();
            for (const { tree } of sheets) {
                tree.walkDecls((declaration) => {
                    const names = declaration.value.match(NAME) ?? [];
                    if (declaration.prop.startsWith('--pf-')) {
                        const known = tokens.get(declaration.prop) ?? new Set();
                        names.forEach((name) => known.add(name));
                        tokens.set(declaration.prop, known);
                    } else {
                        names.forEach((name) => used.add(name));
                    }
                });
            }
            for (const file of Object.values(bundle)) {
                if (file.type === 'chunk') {
                    (file.code.match(/--pf-[\w-]+/g) ?? []).forEach((name) => used.add(name));
                }
            }
            const open = [...used];
            while (open.length > 0) {
                for (const name of tokens.get(open.pop()) ?? []) {
                    if (!used.has(name)) {
                        used.add(name);
                        open.push(name);
                    }
                }
            }
            for (const { file, tree } of sheets) {
                tree.walkAtRules('font-face', (rule) => {
                    rule.remove();
                });
                tree.walkDecls(/^--pf-/, (declaration) => {
                    if (!used.has(declaration.prop)) {
                        declaration.remove();
                    }
                });
                tree.walkRules((rule) => {
                    if (rule.nodes.length === 0) {
                        rule.remove();
                    }
                });
                file.source = tree.toString();
            }
            const texts = [
                ...Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file.code] : [])),
                ...sheets.map(({ file }) => file.source),
            ];
            for (const [name, file] of Object.entries(bundle)) {
                const isNamed = texts.some((text) => text.includes(name.slice(name.lastIndexOf('/') + 1)));
                if (file.type === 'asset' && /\.(woff2?|ttf|svg)$/.test(name) && !isNamed) {
                    delete bundle[name];
                }
            }
        },
    };
}
