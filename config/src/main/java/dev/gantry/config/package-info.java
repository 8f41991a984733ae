/** Configuration files as typed records: read, validated with file and line, explained. */
@NullMarked
package dev.gantry.config;

import org.jspecify.annotations.NullMarked;
