/** Keeps the registry in step with git repositories. */
@NullMarked
package dev.gantry.gitsync;

import org.jspecify.annotations.NullMarked;
