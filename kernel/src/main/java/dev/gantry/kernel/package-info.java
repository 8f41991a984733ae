/**
 * Words that every module shares: identifiers, errors, money, JSON, secrets, units. Depends on nothing but Jackson and
 * knows no other module.
 */
@NullMarked
package dev.gantry.kernel;

import org.jspecify.annotations.NullMarked;
