/**
 * Who calls, and what they may do: organizations, teams, users, service accounts, groups, roles, API keys, and the
 * permission grammar. Administration checks that nobody hands out more than they hold; whether the caller may use an
 * endpoint at all is the server's question, answered with {@link dev.gantry.identity.Caller#require}.
 */
@NullMarked
package dev.gantry.identity;

import org.jspecify.annotations.NullMarked;
