/** Many requests for models' answers, handed in at once and answered in the background. */
@NullMarked
package dev.gantry.batch;

import org.jspecify.annotations.NullMarked;
