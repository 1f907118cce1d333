package main

import (
	"errors"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// startEtcd starts a member that is a cluster of its own, and returns how to stop it. It has no port: clients use a unix socket in
// the state directory, which only its owner may enter, and there are no peers.
func (c *cluster) startEtcd() (func(), error) {
	level := zap.NewAtomicLevelAt(zap.ErrorLevel)
	logging := zap.NewProductionConfig()
	logging.Level = level
	logger, err := logging.Build()
	if err != nil {
		return nil, err
	}
	e := embed.NewConfig()
	e.Dir = c.dir.Path("etcd")
	e.ZapLoggerBuilder = embed.NewZapLoggerBuilder(logger)
	e.UnsafeNoFsync = !c.fsync
	e.AutoCompactionMode, e.AutoCompactionRetention = "periodic", "5m"
	e.QuotaBackendBytes = 4 << 30
	socket := url.URL{Scheme: "unix", Path: c.dir.Path("etcd.sock")}
	e.ListenClientUrls, e.AdvertiseClientUrls = []url.URL{socket}, []url.URL{socket}
	e.ListenPeerUrls = nil
	e.InitialCluster = e.InitialClusterFromName(e.Name)
	server, err := embed.StartEtcd(e)
	if err != nil {
		return nil, err
	}
	stop := func() {
		level.SetLevel(zap.FatalLevel) // it logs the end of each of its listeners as an error
		server.Close()
	}
	select {
	case <-server.Server.ReadyNotify():
		c.etcd = socket.String()
		return stop, nil
	case err = <-server.Err():
	case <-time.After(time.Minute):
		err = errors.New("not ready after a minute")
	}
	stop()
	return nil, err
}
