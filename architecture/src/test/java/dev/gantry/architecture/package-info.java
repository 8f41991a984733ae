/** Tests that hold the walls between the modules. */
@NullMarked
package dev.gantry.architecture;

import org.jspecify.annotations.NullMarked;
