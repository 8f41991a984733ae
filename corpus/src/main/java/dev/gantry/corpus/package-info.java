/**
 * Texts in which it is marked what a guard should find and what it should leave alone. Values are made from the public
 * formats of what they are; nothing here knows how anything is detected. For tests and benchmarks only.
 */
@NullMarked
package dev.gantry.corpus;

import org.jspecify.annotations.NullMarked;
