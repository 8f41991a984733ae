/** OpenAI's chat completions: at OpenAI itself, in Azure, and wherever else they are spoken. */
@NullMarked
package dev.gantry.provider.openai;

import org.jspecify.annotations.NullMarked;
