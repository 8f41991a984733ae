/** Ollama's own chat interface. */
@NullMarked
package dev.gantry.provider.ollama;

import org.jspecify.annotations.NullMarked;
