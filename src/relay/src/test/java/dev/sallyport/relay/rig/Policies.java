package dev.sallyport.relay.rig;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A relay that does all that one can, as the operator configures it: a listener of redirected connections ({@code
 * redirected}) and an explicit forward proxy ({@code proxy}) of one policy, and a reverse proxy ({@code web}).
 */
public final class Policies {
    private static final String CONFIG = """
            {'format':1,'loops':1,'admin':{'address':'127.0.0.1','port':15090},
             'listeners':[
              {'name':'redirected','address':'127.0.0.1','port':0,'publicPort':15701,'role':'FORWARD','policy':'shop/egress',
               'protocols':['TRANSPARENT'],'limits':LIMITS},
              {'name':'proxy','address':'127.0.0.1','port':0,'publicPort':3128,'role':'FORWARD','policy':'shop/egress',
               'protocols':['HTTP','CONNECT'],'limits':LIMITS},
              {'name':'web','address':'127.0.0.1','port':0,'publicPort':80,'role':'REVERSE','policy':'shop/web',
               'protocols':['HTTP'],'limits':LIMITS}],
             'forwards':[{'name':'shop/egress','mode':'ENFORCE',
               'rules':[{'name':'partners','action':'ALLOW','mode':'ENFORCE','hosts':[HOSTS]}],
               'guards':{'privateRanges':true,'except':['127.0.0.1/32:ORIGIN','127.0.0.1/32:15090']},'connectPorts':[443],
               'disclosure':'ANONYMOUS','connectTimeout':'5s','responseTimeout':'30s','idleTimeout':'5m','lifetime':'0s'}],
             'reverses':[{'name':'shop/web','hostnames':['shop.example'],'trustedClients':[],
               'rules':[{'name':'all','backends':[{'cluster':'shop/web:80','weight':1}],'requestTimeout':'30s',
                 'backendTimeout':'0s','retry':{'attempts':1}}]}],
             'clusters':[{'id':'shop/web:80','endpoints':{'from':'fixed','endpoints':[{'address':'127.0.0.1','port':BACKEND}]},
               'balancing':'LEAST_REQUEST','connectTimeout':'2s'}],
             'telemetry':{'accessLog':'NONE'},'drain':{'delay':'0s','grace':'5s'}}
            """;

    private static final String LIMITS = "{'connections':0,'connectionsPerAddress':0,'headerBytes':32768,"
            + "'requestBodyBytes':8388608,'headerTimeout':'HEADER_TIMEOUT','bodyMinRate':0,'idleTimeout':'60s'}";

    private Policies() {}

    /**
     * @param origin which the guards make an exception for
     * @param backend of the reverse proxy, which they do not
     * @param headerTimeout of all listeners
     * @param allowed hosts of the forward policy
     */
    public static RelayConfig with(Origin origin, Origin backend, String headerTimeout, String... allowed)
            throws InvalidConfigException {
        String hosts = Arrays.stream(allowed).map(host -> "'" + host + "'").collect(Collectors.joining(","));
        String json = CONFIG.replace("LIMITS", LIMITS)
                .replace("HEADER_TIMEOUT", headerTimeout)
                .replace("HOSTS", hosts)
                .replace("ORIGIN", String.valueOf(origin.address().getPort()))
                .replace("BACKEND", String.valueOf(backend.address().getPort()))
                .replace('\'', '"');
        return RelayConfigCodec.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
