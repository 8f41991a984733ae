/**
 * How much may be used: rate limits, parallel requests, named quotas, and budgets. Speaks of organizations, teams, users
 * and keys by their ids and names alone.
 */
@NullMarked
package dev.gantry.quota;

import org.jspecify.annotations.NullMarked;
