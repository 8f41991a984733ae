import postcss from 'postcss';

const NAME = /--[\w-]+/g;

/**
 * Leaves out what PatternFly brings and nothing uses: its fonts, since the console takes those of the system, and most of
 * its some thousands of design tokens. A token is used when a rule, a token that is used, or a script names it.
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
            for (const [name, file] of Object.entries(bundle)) {
                if (file.type === 'asset' && /\.(woff2?|ttf)$/.test(name)) {
                    delete bundle[name];
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
        },
    };
}
