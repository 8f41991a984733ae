/** What the tests of several modules share: a real PostgreSQL and checks that hold for every module. */
@NullMarked
package dev.gantry.testing;

import org.jspecify.annotations.NullMarked;
