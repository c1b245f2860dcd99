package dev.sallyport.relay.tls;

import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.SecretBundle;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Whose certificates are believed. */
final class Trust {
    /** Nobody's: for servers that ask for none. */
    static final X509TrustManager NOBODY = new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no certificate is wanted");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no certificate is wanted");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    private Trust() {}

    /** The certificates of the named authorities. */
    static List<X509Certificate> authorities(List<String> names, SecretBundle secrets, String path)
            throws InvalidConfigException {
        List<X509Certificate> all = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String at = path + ".authorities[" + i + "]: ";
            byte[] file = secrets.authority(names.get(i));
            if (file == null) {
                throw new InvalidConfigException(at + "there is no authority '" + names.get(i) + "' among the secrets");
            }
            try {
                all.addAll(Pem.certificates(file));
            } catch (IllegalArgumentException e) {
                throw new InvalidConfigException(at + "'" + names.get(i) + "': " + e.getMessage(), e);
            }
        }
        return all;
    }

    /**
     * Checks by the rules of PKIX.
     *
     * @param authorities to believe; empty: those of the system
     * @param provider of the TLS that it is for
     */
    static TrustManager in(List<X509Certificate> authorities, Provider provider) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities.isEmpty() ? null : store(authorities));
            TrustManager judge = factory.getTrustManagers()[0];
            return switch (provider) {
                case BORINGSSL -> new ReasonedTrust((X509ExtendedTrustManager) judge);
                case JDK -> judge;
            };
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no certificates can be checked here", e);
        }
    }

    private static KeyStore store(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority" + i, authorities.get(i));
        }
        return store;
    }
}
