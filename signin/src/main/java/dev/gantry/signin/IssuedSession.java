package dev.gantry.signin;

import dev.gantry.kernel.Secret;

/**
 * A session and its token, which is not kept and shown once.
 *
 * @param token what the client presents from now on
 */
public record IssuedSession(Session session, Secret token) {}
