/** Keeps a copy of what another Gantry's registry has, and keeps it in step. */
@NullMarked
package dev.gantry.mirror;

import org.jspecify.annotations.NullMarked;
