package dev.gantry.gateway;

import dev.gantry.gateway.RoutingSettings.ResidencySettings;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where requests must stay and where models are. A model about which nobody has said where it is, is in no region. Immutable.
 */
final class Residency {
    private final @Nullable Region everyone;
    private final Map<String, Region> organizations = new HashMap<>();
    private final Map<String, Region> teams = new HashMap<>();
    private final @Nullable Region own;
    private final ModelPlaces places;

    /**
     * Where a request must stay, and who says so.
     *
     * @param source completes "which … demands"
     */
    record Bound(Region region, String source) {}

    /**
     * Reads the settings.
     *
     * @param places where models are that do not say it themselves
     */
    Residency(ResidencySettings settings, ModelPlaces places) {
        everyone = settings.everyone().map(Region::of).orElse(null);
        settings.organizations().forEach((id, region) -> organizations.put(id, Region.of(region)));
        settings.teams().forEach((name, region) -> teams.put(name, Region.of(region)));
        own = settings.ownRegion().map(Region::of).orElse(null);
        this.places = places;
    }

    /**
     * Returns every bound on a request. All of them hold: a request may narrow what its team allows, never widen it. A caller
     * in several teams is bound by each of them.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if the request names something that is no region
     */
    List<Bound> bounds(Caller caller, Wishes wishes) {
        if (everyone == null && organizations.isEmpty() && teams.isEmpty() && wishes.region() == null) {
            return List.of();
        }
        List<Bound> bounds = new ArrayList<>(2);
        if (everyone != null) {
            bounds.add(new Bound(everyone, "the operator"));
        }
        Region ofOrganization = organizations.get(caller.organization().toString());
        if (ofOrganization != null) {
            bounds.add(new Bound(ofOrganization, "the organization"));
        }
        for (String team : caller.teams()) {
            Region ofTeam = teams.get(team);
            if (ofTeam != null) {
                bounds.add(new Bound(ofTeam, "team " + team));
            }
        }
        if (wishes.region() != null) {
            bounds.add(new Bound(wished(wishes.region()), "the header X-Gantry-Region"));
        }
        return bounds;
    }

    static Region wished(String text) {
        try {
            return Region.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "X-Gantry-Region is '" + Text.shorten(text, 60) + "'; " + wrong.getMessage());
        }
    }

    /** Returns whether a model is within every bound. */
    boolean admits(Model model, List<Bound> bounds) {
        if (bounds.isEmpty()) {
            return true;
        }
        Optional<Region> place = placeOf(model);
        return place.isPresent()
                && bounds.stream().allMatch(bound -> place.get().isWithin(bound.region()));
    }

    private Optional<Region> placeOf(Model model) {
        if (model.region() != null) {
            return Optional.of(Region.of(model.region()));
        }
        Optional<Region> place = places.of(model).map(Region::of);
        return place.isEmpty() && model.provider().equals("offline") ? Optional.ofNullable(own) : place;
    }

    /** Returns the refusal of a request for which no model is left. */
    static GantryException refusal(String requested, List<Bound> bounds) {
        StringBuilder demands = new StringBuilder();
        for (Bound bound : bounds) {
            demands.append(demands.isEmpty() ? "" : ", ")
                    .append('\'')
                    .append(bound.region())
                    .append("' (as ")
                    .append(bound.source())
                    .append(" demands)");
        }
        return new GantryException(
                ErrorCode.REGION_NOT_ALLOWED,
                "Nothing that may answer for '" + Text.shorten(requested, 100) + "' is in region " + demands
                        + "; name a model that is, or ask the operator to say where the models are (providers.*.region)");
    }
}
