package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.PrincipalChange;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.identity.PrincipalQuery;
import dev.gantry.kernel.JsonFields;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on teams, groups, users and service accounts. */
final class PeopleApi {
    private final Identity identity;

    PeopleApi(Identity identity) {
        this.identity = identity;
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        teams(handlers);
        groups(handlers);
        principals(handlers, "User", PrincipalKind.USER);
        principals(handlers, "ServiceAccount", PrincipalKind.SERVICE_ACCOUNT);
        return handlers;
    }

    private void teams(Map<String, ApiHandler> handlers) {
        handlers.put(
                "listTeams",
                (caller, request) -> IdentityViews.page(
                        identity.teams().list(caller, IdentityViews.page(request)), IdentityViews::of));
        handlers.put("createTeam", (caller, request) -> {
            request.noteObject(request.fields().requireText("name"));
            var team = identity.teams()
                    .create(caller, request.fields().requireText("name"), orEmpty(request, "description"));
            return ApiReply.created(IdentityViews.of(team), "/api/v1/teams/" + team.name());
        });
        handlers.put(
                "getTeam",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.teams().show(caller, request.path("team")))));
        handlers.put("updateTeam", (caller, request) -> {
            Boolean active = request.fields().bool("active");
            noteActive(request, active);
            return ApiReply.ok(IdentityViews.of(identity.teams()
                    .update(caller, request.path("team"), request.fields().text("description"), active)));
        });
        handlers.put(
                "deleteTeam",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.teams().deactivate(caller, request.path("team")))));
        handlers.put(
                "listTeamMembers",
                (caller, request) -> IdentityViews.page(
                        identity.teams().members(caller, request.path("team"), IdentityViews.page(request)),
                        IdentityViews::of));
        handlers.put("addTeamMember", (caller, request) -> {
            identity.teams().addMember(caller, request.path("team"), request.path("principal"));
            return ApiReply.noContent();
        });
        handlers.put("removeTeamMember", (caller, request) -> {
            identity.teams().removeMember(caller, request.path("team"), request.path("principal"));
            return ApiReply.noContent();
        });
    }

    private void groups(Map<String, ApiHandler> handlers) {
        handlers.put(
                "listGroups",
                (caller, request) -> IdentityViews.page(
                        identity.groups().list(caller, IdentityViews.page(request)), IdentityViews::of));
        handlers.put("createGroup", (caller, request) -> {
            request.noteObject(request.fields().requireText("name"));
            var group = identity.groups()
                    .create(caller, request.fields().requireText("name"), orEmpty(request, "description"));
            return ApiReply.created(IdentityViews.of(group), "/api/v1/groups/" + group.name());
        });
        handlers.put(
                "getGroup",
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.groups().show(caller, request.path("group")))));
        handlers.put("deleteGroup", (caller, request) -> {
            identity.groups().delete(caller, request.path("group"));
            return ApiReply.noContent();
        });
        handlers.put(
                "listGroupMembers",
                (caller, request) -> IdentityViews.page(
                        identity.groups().members(caller, request.path("group"), IdentityViews.page(request)),
                        IdentityViews::of));
        handlers.put("addGroupMember", (caller, request) -> {
            identity.groups().addMember(caller, request.path("group"), request.path("principal"));
            return ApiReply.noContent();
        });
        handlers.put("removeGroupMember", (caller, request) -> {
            identity.groups().removeMember(caller, request.path("group"), request.path("principal"));
            return ApiReply.noContent();
        });
    }

    private void principals(Map<String, ApiHandler> handlers, String one, PrincipalKind kind) {
        String collection = kind == PrincipalKind.USER ? "/api/v1/users/" : "/api/v1/service-accounts/";
        handlers.put(
                "list" + one + "s",
                (caller, request) -> IdentityViews.page(
                        identity.users()
                                .list(
                                        caller,
                                        new PrincipalQuery(kind, active(request), request.query("search")),
                                        IdentityViews.page(request)),
                        IdentityViews::of));
        handlers.put("create" + one, (caller, request) -> {
            request.noteObject(request.fields().requireText("name"));
            var principal = identity.users()
                    .create(caller, kind, request.fields().requireText("name"), orEmpty(request, "display_name"));
            return ApiReply.created(IdentityViews.of(principal), collection + principal.name());
        });
        handlers.put("get" + one, (caller, request) -> show(caller, request));
        handlers.put("update" + one, (caller, request) -> {
            JsonFields fields = request.fields();
            PrincipalChange change =
                    new PrincipalChange(fields.text("name"), fields.text("display_name"), fields.bool("active"));
            noteActive(request, change.active());
            request.note("renamed", AuditDetail.of(change.name() != null));
            return ApiReply.ok(IdentityViews.of(identity.users().update(caller, request.path("principal"), change)));
        });
        handlers.put(
                "delete" + one,
                (caller, request) ->
                        ApiReply.ok(IdentityViews.of(identity.users().deactivate(caller, request.path("principal")))));
    }

    private ApiReply show(Caller caller, ApiRequest request) {
        return ApiReply.ok(IdentityViews.of(identity.users().show(caller, request.path("principal"))));
    }

    private static @Nullable Boolean active(ApiRequest request) {
        String text = request.query("active");
        return text == null ? null : Boolean.valueOf(text);
    }

    private static void noteActive(ApiRequest request, @Nullable Boolean active) {
        if (active != null) {
            request.note("active", AuditDetail.of(active.booleanValue()));
        }
    }

    private static String orEmpty(ApiRequest request, String field) {
        String text = request.fields().text(field);
        return text == null ? "" : text;
    }
}
