/**
 * Stands in for model providers in tests and benchmarks: a server that speaks their interfaces and fails on demand, and
 * the contract that every provider must pass.
 */
@NullMarked
package dev.gantry.provider.testing;

import org.jspecify.annotations.NullMarked;
