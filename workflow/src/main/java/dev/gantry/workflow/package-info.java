/**
 * What a workflow is: the file format, its checks, the language of its expressions, and the importers of other formats.
 * Nothing here runs a workflow or touches a database.
 */
@NullMarked
package dev.gantry.workflow;

import org.jspecify.annotations.NullMarked;
