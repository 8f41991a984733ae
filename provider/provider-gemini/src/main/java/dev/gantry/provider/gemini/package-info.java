/** Google's own interface of the Gemini models. */
@NullMarked
package dev.gantry.provider.gemini;

import org.jspecify.annotations.NullMarked;
