using System.Text.Json;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Wink.Benchmarks;

// In this process: the default would write, restore and build a project for each benchmark.
var config = ManualConfig.CreateEmpty()
    .AddJob(Job.MediumRun.WithLaunchCount(1).WithToolchain(InProcessEmitToolchain.Instance))
    .AddLogger(NullLogger.Instance)
    .WithArtifactsPath(args[0]);
var reports = BenchmarkRunner.Run<RotationBenchmark>(config).Reports;
Console.WriteLine(JsonSerializer.Serialize(reports.ToDictionary(
    report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name,
    report => new { Ns = report.ResultStatistics!.Median, Bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) })));
