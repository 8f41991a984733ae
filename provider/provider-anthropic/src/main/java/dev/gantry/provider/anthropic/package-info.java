/** Anthropic's messages. */
@NullMarked
package dev.gantry.provider.anthropic;

import org.jspecify.annotations.NullMarked;
