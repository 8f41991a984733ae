/** Tests of what the console's build made. */
@NullMarked
package dev.gantry.console;

import org.jspecify.annotations.NullMarked;
