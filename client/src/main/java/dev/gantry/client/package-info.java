/** The Java client of Gantry: runs patterns and workflows, and works with the registry, over the REST API. */
@NullMarked
package dev.gantry.client;

import org.jspecify.annotations.NullMarked;
