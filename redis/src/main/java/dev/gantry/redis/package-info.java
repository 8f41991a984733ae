/** The connection to Redis or Valkey that nodes share counters and caches over. */
@NullMarked
package dev.gantry.redis;

import org.jspecify.annotations.NullMarked;
