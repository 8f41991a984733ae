/** Durable work: tasks that survive any process, a queue of jobs with retries, and schedules. */
@NullMarked
package dev.gantry.jobs;

import org.jspecify.annotations.NullMarked;
