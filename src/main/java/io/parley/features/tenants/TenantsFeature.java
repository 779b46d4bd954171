package io.parley.features.tenants;

import io.parley.features.tenants.TenantActions.Named;
import io.parley.features.tenants.TenantActions.SetLimits;
import io.parley.server.Feature;
import io.parley.server.contract.Answer;
import io.parley.server.contract.Call;
import io.parley.server.contract.OperationHost;
import io.parley.server.jobs.JobsHost;
import io.parley.server.limits.Figures;
import io.parley.server.limits.LimitActions;
import io.parley.server.limits.OwnFigures;
import io.parley.server.persistence.PersistenceHost;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/** The operator's calls about tenants. */
public final class TenantsFeature implements Feature {
    private static final long PRUNE_EVERY_MS = TimeUnit.HOURS.toMillis(1);

    /**
     * @param own what the operator has chosen for this tenant
     * @param inForce what this node goes by now
     */
    private record TenantLimits(OwnFigures own, Figures inForce) {}

    @Override
    public void persistence(PersistenceHost host) {
        TenantStore tenants = new TenantStore(host.database());
        host.answer(LimitActions.TENANTS, asked -> tenants.all());
        host.answer(TenantActions.LIMITS, tenants::limits);
        host.answer(TenantActions.SET_LIMITS, tenants::setLimits);
    }

    @Override
    public void operations(OperationHost host) {
        host.operation("getTenantLimits", TenantsFeature::limits);
        host.operation("setTenantLimits", TenantsFeature::setLimits);
    }

    private static Future<Answer> limits(Call call) {
        return call.bus()
                .ask(TenantActions.LIMITS, new Named(slug(call)))
                .map(found ->
                        Answer.ok(new TenantLimits(found.own(), call.limits().of(found.tenant()))));
    }

    private static Future<Answer> setLimits(Call call) {
        SetLimits asked = new SetLimits(slug(call), call.body(OwnFigures.class));
        return call.bus().ask(TenantActions.SET_LIMITS, asked).map(done -> Answer.noContent());
    }

    private static String slug(Call call) {
        return call.query("tenant").orElseThrow();
    }

    @Override
    public void jobs(JobsHost host) {
        host.onceEvery("limits.prune", PRUNE_EVERY_MS, new TenantStore(host.database())::prune);
    }
}
