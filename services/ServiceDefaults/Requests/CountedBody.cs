using Microsoft.AspNetCore.Http;

namespace MedTourism.ServiceDefaults.Requests;

/// <summary>A body of unknown length that ends with 413 after so many octets, once the client has written the rest of it.</summary>
internal sealed class CountedBody(Stream body, long most) : Stream
{
    private long _read;

    public bool IsTooLarge => _read > most;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="BadHttpRequestException">The body is larger than allowed, each time it is read from then on.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = IsTooLarge ? 0 : await body.ReadAsync(buffer, cancellationToken);
        _read += count;
        if (!IsTooLarge)
        {
            return count;
        }

        await Oversized.DrainAsync(body, cancellationToken);
        throw new BadHttpRequestException("The body is larger than this address accepts.", StatusCodes.Status413PayloadTooLarge);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A body is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
