/**
 * Side-by-side measurements: Gantry, a plain nginx proxy and Portkey's gateway before the same upstream, each on one
 * processor. Only ratios within one run mean anything.
 */
@NullMarked
package dev.gantry.benchmarks;

import org.jspecify.annotations.NullMarked;
