package dev.sallyport.relay.listen;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.role.Role;
import java.util.Map;

/** Makes decisions out of a configuration. */
@FunctionalInterface
public interface RoleCompiler {
    /**
     * The role of each listener, by its name.
     *
     * @throws InvalidConfigException when the parts of the configuration do not fit each other
     */
    Map<String, Role> compile(RelayConfig config) throws InvalidConfigException;
}
