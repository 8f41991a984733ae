/**
 * The provider that needs no key and no network: {@code offline/extract} answers with what already stands in the input.
 * Its parts, from text to answer: {@code MarkdownReader} (blocks), {@code SentenceSplitter}, {@code Words} (terms),
 * {@code Extractor} (bounded passes), {@code SentenceGraph} (TextRank), {@code KeyPhrases}, {@code Answer} (Markdown).
 */
@NullMarked
package dev.gantry.provider.offline;

import org.jspecify.annotations.NullMarked;
