package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.NewOrganization;
import dev.gantry.identity.Organizations;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import java.util.HashMap;
import java.util.Map;

/** Operations on the tenants of the installation. */
final class OrganizationsApi {
    private static final String NAME = "organization";

    private final Organizations organizations;

    OrganizationsApi(Identity identity) {
        this.organizations = identity.organizations();
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        handlers.put(
                "listOrganizations",
                (caller, request) ->
                        IdentityViews.page(organizations.list(IdentityViews.page(request)), IdentityViews::of));
        handlers.put("createOrganization", this::create);
        handlers.put(
                "getOrganization",
                (caller, request) -> ApiReply.ok(IdentityViews.of(organizations.show(request.path(NAME)))));
        handlers.put(
                "suspendOrganization",
                (caller, request) -> ApiReply.ok(IdentityViews.of(organizations.suspend(caller, request.path(NAME)))));
        handlers.put(
                "resumeOrganization",
                (caller, request) -> ApiReply.ok(IdentityViews.of(organizations.resume(caller, request.path(NAME)))));
        handlers.put(
                "closeOrganization",
                (caller, request) -> ApiReply.ok(IdentityViews.of(organizations.close(caller, request.path(NAME)))));
        return handlers;
    }

    private ApiReply create(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String name = fields.requireText("name");
        String administrator = fields.requireText("administrator");
        request.noteObject(name, administrator);
        NewOrganization made = organizations.create(caller, name, administrator);
        ObjectNode key = Json.object()
                .put("id", made.key().key().id().toString())
                .put("prefix", made.key().key().prefix())
                .put("key", made.key().text().reveal());
        ObjectNode reply = IdentityViews.of(made.organization());
        reply.set("administrator", IdentityViews.of(made.administrator()));
        reply.set("key", key);
        return ApiReply.created(
                reply, "/api/v1/organizations/" + made.organization().name());
    }
}
