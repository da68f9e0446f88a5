// Command connect opens a database as the Model Registry's server does, with that server's drivers, from the arguments and the
// environment of its container, and proves that it can work there.
//
// It takes the server's arguments, and as that server any of them from a variable: MR_EMBEDMD_DATABASE_DSN for
// --embedmd-database-dsn. It prints one JSON object: what the database says of the connection.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// options are the flags of the server that say where its database is.
type options struct {
	kind, dsn, cert, key, rootCert string
	verify                         bool
}

// model has a name beyond what three bytes of UTF-8 can hold.
type model struct {
	ID   int64 `gorm:"primaryKey"`
	Name string
}

func main() {
	report, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(report)
}

func run(args []string) (map[string]string, error) {
	wanted, err := parse(args)
	if err != nil {
		return nil, err
	}
	dialector, err := wanted.dialector()
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(dialector, &gorm.Config{Logger: logger.Discard, TranslateError: true})
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	return prove(db, wanted.kind)
}

func parse(args []string) (options, error) {
	var wanted options
	flags := flag.NewFlagSet("proxy", flag.ContinueOnError)
	flags.String("hostname", "localhost", "")
	flags.Int("port", 8080, "")
	store := flags.String("datastore-type", "embedmd", "")
	flags.StringVar(&wanted.kind, "embedmd-database-type", "mysql", "")
	flags.StringVar(&wanted.dsn, "embedmd-database-dsn", "", "")
	flags.StringVar(&wanted.cert, "embedmd-database-ssl-cert", "", "")
	flags.StringVar(&wanted.key, "embedmd-database-ssl-key", "", "")
	flags.StringVar(&wanted.rootCert, "embedmd-database-ssl-root-cert", "", "")
	flags.BoolVar(&wanted.verify, "embedmd-database-ssl-verify-server-cert", false, "")
	if err := flags.Parse(args); err != nil {
		return wanted, err
	}
	given := map[string]bool{}
	flags.Visit(func(one *flag.Flag) { given[one.Name] = true })
	var wrong error
	flags.VisitAll(func(one *flag.Flag) {
		// The server's reader of variables takes an empty one for none.
		value := os.Getenv("MR_" + strings.ToUpper(strings.ReplaceAll(one.Name, "-", "_")))
		if value != "" && !given[one.Name] {
			wrong = errors.Join(wrong, one.Value.Set(value))
		}
	})
	if wrong == nil && *store != "embedmd" {
		wrong = fmt.Errorf("datastore type %q is none", *store)
	}
	return wanted, wrong
}

func (o options) dialector() (gorm.Dialector, error) {
	switch o.kind {
	case "mysql":
		dsn, err := o.mysqlDSN()
		return mysql.Open(dsn), err
	case "postgres":
		dsn, err := o.postgresDSN()
		return postgres.Open(dsn), err
	default:
		return nil, fmt.Errorf("database type %q is none", o.kind)
	}
}

func (o options) asksForTLS() bool {
	return o.cert != "" || o.key != "" || o.rootCert != "" || o.verify
}

// mysqlDSN refuses what the server refuses: a second question mark, wherever it is.
func (o options) mysqlDSN() (string, error) {
	if strings.Count(o.dsn, "?") > 1 {
		return "", errors.New("invalid MySQL DSN: more than one question mark")
	}
	config, err := driver.ParseDSN(o.dsn)
	if err != nil {
		return "", fmt.Errorf("invalid MySQL DSN: %w", err)
	}
	if !o.asksForTLS() {
		return o.dsn, nil
	}
	secured, err := o.tlsConfig()
	if err != nil {
		return "", err
	}
	if err := driver.RegisterTLSConfig("custom", secured); err != nil {
		return "", err
	}
	config.TLSConfig = "custom"
	return config.FormatDSN(), nil
}

func (o options) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: !o.verify}
	if o.rootCert != "" {
		pem, err := os.ReadFile(o.rootCert)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate in it", o.rootCert)
		}
	}
	if o.cert != "" && o.key != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// postgresDSN puts the flags into the connection string: an URL is taken apart, anything else is key=value.
func (o options) postgresDSN() (string, error) {
	if !o.asksForTLS() {
		return o.dsn, nil
	}
	parameters := [][2]string{{"sslmode", "require"}}
	if o.verify {
		parameters[0][1] = "verify-full"
	}
	for _, one := range [][2]string{{"sslcert", o.cert}, {"sslkey", o.key}, {"sslrootcert", o.rootCert}} {
		if one[1] != "" {
			parameters = append(parameters, one)
		}
	}
	if !strings.HasPrefix(o.dsn, "postgres://") && !strings.HasPrefix(o.dsn, "postgresql://") {
		return withKeyValues(o.dsn, parameters), nil
	}
	parsed, err := url.Parse(o.dsn)
	if err != nil {
		return "", fmt.Errorf("invalid PostgreSQL DSN: %w", err)
	}
	query := parsed.Query()
	for _, one := range parameters {
		query.Set(one[0], one[1])
	}
	parsed.RawQuery = query.Encode()
	return parsed.String(), nil
}

// withKeyValues splits at blanks, quoted or not, as the server does.
func withKeyValues(dsn string, parameters [][2]string) string {
	parts := strings.Fields(dsn)
	for _, one := range parameters {
		kept := parts[:0]
		for _, part := range parts {
			if !strings.HasPrefix(part, one[0]+"=") {
				kept = append(kept, part)
			}
		}
		parts = append(kept, one[0]+"="+one[1])
	}
	return strings.Join(parts, " ")
}

// prove makes a table, writes a row and reads it again, and asks who we are and whether the connection is encrypted.
func prove(db *gorm.DB, kind string) (map[string]string, error) {
	report := map[string]string{}
	questions := map[string]string{
		"user": "SELECT current_user", "database": "SELECT current_database()",
		"tls":     "SELECT CASE WHEN ssl THEN 'on' ELSE 'off' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
		"charset": "SHOW client_encoding", "one": "SELECT '1'",
	}
	if kind == "mysql" {
		questions = map[string]string{
			"user": "SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)", "database": "SELECT DATABASE()",
			"charset": "SELECT @@character_set_connection", "one": "SELECT '1'",
		}
	}
	for name, question := range questions {
		var answer string
		if err := db.Raw(question).Scan(&answer).Error; err != nil {
			return nil, fmt.Errorf("%s: %w", question, err)
		}
		report[name] = answer
	}
	if err := db.AutoMigrate(&model{}); err != nil {
		return nil, fmt.Errorf("creating a table: %w", err)
	}
	written := model{Name: "Schwertlilie 🪻"}
	if err := db.Create(&written).Error; err != nil {
		return nil, fmt.Errorf("inserting a row: %w", err)
	}
	var read model
	if err := db.First(&read, written.ID).Error; err != nil {
		return nil, fmt.Errorf("selecting the row: %w", err)
	}
	report["read"] = read.Name
	return report, nil
}
