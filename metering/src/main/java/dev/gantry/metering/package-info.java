/**
 * What models there are, what they cost, and what was consumed: the model catalog and the usage ledger.
 *
 * <p>Prices and amounts are integers in micro-dollars throughout. A model that no catalog knows is an error; it is never
 * priced as if it were another one.
 */
@NullMarked
package dev.gantry.metering;

import org.jspecify.annotations.NullMarked;
