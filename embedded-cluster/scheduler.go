package main

import (
	"context"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// startScheduler starts kube-scheduler with its default profile. It schedules until ctx ends.
func (c *cluster) startScheduler(ctx context.Context) error {
	config := rest.AddUserAgent(rest.CopyConfig(c.config), "kube-scheduler")
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	dynamicClient, err := dynamic.NewForConfig(withoutContentType(config))
	if err != nil {
		return err
	}
	defaults, err := latest.Default()
	if err != nil {
		return err
	}
	informers := scheduler.NewInformerFactory(client, 0, nil)
	dynamicInformers := dynamicinformer.NewFilteredDynamicSharedInformerFactory(dynamicClient, 0, v1.NamespaceAll, nil)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	s, err := scheduler.New(ctx, client, informers, dynamicInformers, profile.NewRecorderFactory(broadcaster),
		scheduler.WithComponentConfigVersion(defaults.APIVersion), scheduler.WithKubeConfig(config),
		scheduler.WithProfiles(defaults.Profiles...), scheduler.WithParallelism(defaults.Parallelism),
		scheduler.WithPodMaxBackoffSeconds(defaults.PodMaxBackoffSeconds), scheduler.WithPodInitialBackoffSeconds(defaults.PodInitialBackoffSeconds))
	if err != nil {
		return err
	}
	broadcaster.StartRecordingToSink(ctx.Done())
	informers.Start(ctx.Done())
	dynamicInformers.Start(ctx.Done())
	informers.WaitForCacheSync(ctx.Done())
	dynamicInformers.WaitForCacheSync(ctx.Done())
	if err := s.WaitForHandlersSync(ctx); err != nil {
		return err
	}
	go s.Run(ctx)
	return nil
}

// withoutContentType is for metadata and dynamic clients, which do not work with the one of typed clients.
func withoutContentType(config *rest.Config) *rest.Config {
	plain := rest.CopyConfig(config)
	plain.ContentConfig = rest.ContentConfig{}
	return plain
}
