package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.DomainDetails;

/** Shows a domain. */
@Service
@Command(
        scope = "kemari",
        name = "show",
        description = "Shows everything about a domain: state, figures, devices, last takeover.",
        detailedDescription =
                """
The figures of a session begin anew with it; those of the devices with
the guest's start here. The steps of a takeover are counted from the
moment at which the loss was noticed.

Examples:
  kemari:show web
  kemari:show --no-format web | grep '^state'
""")
public final class ShowCommand extends TableAction {
    @Argument(index = 0, name = "domain", description = "Name of the domain", required = true)
    @Completion(DomainCompleter.class)
    String domain;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        DomainStatus status = kemari.status(domain);
        Optional<DomainDefinition> definition = kemari.findConfiguration().flatMap(c -> c.domain(domain));
        print(DomainDetails.facts(status, definition, record(), nowMillis()), out);
        if (!status.devices().isEmpty()) {
            out.println();
            print(DomainDetails.devices(status), out);
        }
    }

    private String record() {
        Optional<KemariConfiguration> configuration = kemari.findConfiguration();
        Optional<Arbiter> engine =
                configuration.flatMap(c -> kemari.findArbiter(c.host().arbiterEngine()));
        if (engine.isEmpty()) {
            return "unknown: the arbiter's engine is not there";
        }
        try {
            return engine.get().read(domain).map(ShowCommand::text).orElse("none");
        } catch (ArbiterException e) {
            return "unknown: " + e.getMessage();
        }
    }

    private static String text(OwnershipRecord r) {
        return "generation " + r.generation() + ", owner " + r.owner()
                + r.standby()
                        .map(s -> ", standby " + s + ", session " + r.session())
                        .orElse(", no standby");
    }
}
