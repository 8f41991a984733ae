/** PostgreSQL, embedded or external: connections by tenant, migrations, batched writes, notifications. */
@NullMarked
package dev.gantry.database;

import org.jspecify.annotations.NullMarked;
